"""AWS's own words, without opinions of ours."""
