from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene03DistanceIsTime(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("Distance Is Time", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_03_distance_is_time"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            satellite = Square(0.5, color=YELLOW, fill_opacity=1).shift(UP * 2.5 + LEFT * 4)
            phone = RoundedRectangle(height=1, width=0.6, corner_radius=0.1).shift(DOWN * 3 + RIGHT * 4)
            pulse = Dot(satellite.get_center(), color=RED)
            label = MathTex(r"d = c \cdot t", r"\qquad 1\,\mu s \to 300\,m").shift(RIGHT * 2 + UP)
            self.play(FadeIn(satellite), FadeIn(phone), run_time=beat)
            self.play(pulse.animate.move_to(phone), run_time=beat)
            self.play(Write(label), run_time=beat)
