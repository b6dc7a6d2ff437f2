"""Tables, plots and pages of a run; the gate."""
