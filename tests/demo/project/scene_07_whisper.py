from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene07Whisper(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("A Whisper Below the Noise", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_07_whisper"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            rng = np.random.default_rng(1023)
            code = rng.choice([-1, 1], 1023)
            heard = np.roll(code, 400) + rng.normal(0, 5, 1023)
            match = [np.dot(np.roll(code, k), heard) / 1023 for k in range(1023)]
            axes = Axes(x_range=[0, 1023, 200], y_range=[-1, 1.5, 0.5], x_length=12, y_length=4)
            noise = axes.plot_line_graph(range(0, 1023, 8), heard[::8] / 12, add_vertex_dots=False, line_color=GREY)
            peak = axes.plot_line_graph(range(1023), match, add_vertex_dots=False, line_color=YELLOW)
            self.play(Create(axes), Create(noise), run_time=2 * beat)
            self.play(ReplacementTransform(noise, peak), run_time=beat)
