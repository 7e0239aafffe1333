def parse(text):
    return ()
