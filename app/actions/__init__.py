"""What a person can do, as data: menus, shortcuts, tool tips and the shortcuts sheet are made from it."""
