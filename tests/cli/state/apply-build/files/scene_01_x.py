from manim import *

class Helper(Scene):
    pass

class One(VoiceoverScene):
    pass
