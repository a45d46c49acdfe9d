"""The one remote: chosen, asked, believed."""
