class Two(Scene):
    pass
