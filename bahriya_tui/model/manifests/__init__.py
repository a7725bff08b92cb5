"""Every object that is put into a region, as it is sent; who only shows one builds it here too."""
