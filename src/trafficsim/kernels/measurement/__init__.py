"""What is measured while a run goes on; nothing here changes what vehicles do."""
