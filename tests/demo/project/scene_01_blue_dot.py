from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene01BlueDot(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("You Are Here", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_01_blue_dot"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            streets = NumberPlane(x_range=[-6, 6], y_range=[-3, 3], background_line_style={"stroke_opacity": 0.4})
            dot = Dot(RIGHT + DOWN, radius=0.16, color=BLUE)
            halo = Circle(radius=0.6, color=BLUE, fill_opacity=0.2).move_to(dot)
            self.play(FadeIn(streets), run_time=beat)
            self.play(GrowFromCenter(dot), Create(halo), run_time=beat)
            self.play(halo.animate.scale(0.4), run_time=beat)
