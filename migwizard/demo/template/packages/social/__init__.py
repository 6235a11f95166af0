"""Sign-in through other sites, as a package from elsewhere would bring it."""
