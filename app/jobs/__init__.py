"""Long work in processes of its own: started, watched and cancelled here, done by the command line."""
