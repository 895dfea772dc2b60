"""The experiments for all mechanisms, one file each; closely related ones share a file."""
