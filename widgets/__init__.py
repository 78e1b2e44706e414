"""What a person sees: Qt views of store records. Imports no torch and speaks no SQL."""
