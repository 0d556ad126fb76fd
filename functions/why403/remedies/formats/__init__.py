"""One file a form in which people apply a draft. All of them yield the same policy."""
