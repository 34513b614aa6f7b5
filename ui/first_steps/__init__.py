"""A guided tour of things to try, offered at the very first start."""
