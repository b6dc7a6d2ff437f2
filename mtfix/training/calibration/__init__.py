"""From hunks to confidence: labels, the perceptron, thresholds."""
