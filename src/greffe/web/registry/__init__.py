"""Pages of registry staff, members and the divisions."""
