"""One file a form that notices are sent in: its escaping, its forms, its budget; the outline is told once."""
