from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene06Einstein(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("Einstein's 38 Microseconds", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_06_einstein"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            chart = BarChart(
                values=[-7, 45, 38],
                bar_names=["speed", "gravity", "together"],
                y_range=[-10, 50, 10],
                bar_colors=[RED, BLUE, YELLOW],
            )
            unit = Text("microseconds per day", font_size=30).next_to(chart, DOWN)
            self.play(Create(chart), FadeIn(unit), run_time=2 * beat)
            self.play(Write(chart.get_bar_labels()), run_time=beat)
