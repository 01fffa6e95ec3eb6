from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene05FourthSatellite(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("Why It Takes Four", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_05_fourth_satellite"]) as tracker:
            beat = tracker.duration / 3
            self.play(Write(title), run_time=beat)
            equations = MathTex(
                *[
                    rf"\sqrt{{(x-x_{i})^2+(y-y_{i})^2+(z-z_{i})^2}} &= c\,(t_{i}-t) \\"
                    for i in (1, 2, 3, 4)
                ]
            ).next_to(title, DOWN, buff=0.8)
            self.play(Write(equations[:3]), run_time=beat)
            self.play(Write(equations[3]), Indicate(equations[3]), run_time=beat)
