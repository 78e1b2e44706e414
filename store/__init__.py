"""What is true: records, the store, file formats, the document and its history. Imports no Qt, no torch."""
