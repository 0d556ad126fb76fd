"""One file a layer: the change that makes it say yes."""
