"""The commands of `mtfix train`."""
