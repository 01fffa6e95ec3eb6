from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene08MoreThanGps(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("More Than GPS", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_08_more_than_gps"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            names = VGroup(*[Text(n, font_size=42) for n in ("GPS", "Galileo", "BeiDou", "GLONASS")])
            names.arrange(RIGHT, buff=1).next_to(title, DOWN, buff=0.8)
            horizon = Line(LEFT * 7, RIGHT * 7).shift(DOWN * 3)
            sky = VGroup(*[Dot(3.8 * np.array([np.cos(a), np.sin(a), 0]) + DOWN * 2.8) for a in np.linspace(0.2, 2.9, 36)])
            self.play(LaggedStart(*[FadeIn(n, shift=UP) for n in names]), run_time=2 * beat)
            self.play(Create(horizon), FadeIn(sky), run_time=beat)
