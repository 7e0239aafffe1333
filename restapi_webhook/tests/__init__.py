from . import test_purge, test_translations, test_vectors
