"""The story of fix_page, told in full by the commits to come."""
