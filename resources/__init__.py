"""Facts and pictures: taxonomy, landmark schemas, colours, icons, fonts. Imports nothing of ours."""
