from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene02FlyingClocks(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("Clocks in the Sky", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_02_flying_clocks"]) as tracker:
            beat = tracker.duration / 4
            self.play(Write(title), run_time=beat)
            earth = Circle(radius=0.8, color=BLUE, fill_opacity=0.8)
            # 26,600 km from the centre of the Earth: about four times the radius of the Earth
            orbits = VGroup(*[Ellipse(width=6.6, height=2.4, color=GREY).rotate(k * PI / 6) for k in range(6)])
            clocks = VGroup(*[Dot(orbit.point_from_proportion(k / 6), color=YELLOW) for k, orbit in enumerate(orbits)])
            self.play(GrowFromCenter(earth), run_time=beat)
            self.play(Create(orbits), FadeIn(clocks), run_time=beat)
            self.play(*[MoveAlongPath(c, o) for c, o in zip(clocks, orbits)], run_time=beat)
