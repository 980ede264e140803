"""Crash history of sites: matching, safety performance functions, empirical Bayes, regression to the mean."""
