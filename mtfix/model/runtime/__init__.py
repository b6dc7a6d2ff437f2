"""What runs the model: ONNX graphs, the PyTorch network, tokenizers, weights."""
