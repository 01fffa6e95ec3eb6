from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene09OnlyListening(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("It Only Listens", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_09_only_listening"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            phone = RoundedRectangle(height=1.4, width=0.8, corner_radius=0.1).shift(DOWN * 2.5)
            satellites = VGroup(*[Square(0.4, color=YELLOW).shift(UP * 2 + RIGHT * x) for x in (-6, -2, 2, 6)])
            signals = [Arrow(s.get_center(), phone.get_top(), color=RED, buff=0.4) for s in satellites]
            self.play(FadeIn(phone), FadeIn(satellites), run_time=beat)
            self.play(*[GrowArrow(a) for a in signals], run_time=beat)
            self.play(GrowFromCenter(Dot(phone.get_center(), radius=0.16, color=BLUE)), run_time=beat)
