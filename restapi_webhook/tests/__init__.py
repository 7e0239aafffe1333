from . import test_help, test_hidden, test_purge, test_translations, test_vectors
