"""Notice → the fix page: links that open it, its forms, what a browser may do with it, and its templates."""
