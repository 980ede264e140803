"""What every room may import: errors, findings and unit conversions."""
