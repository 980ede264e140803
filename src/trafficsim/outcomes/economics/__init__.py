"""What differences are worth: unit values, prices of a year, and the appraisal of a measure."""
