from pathlib import Path

from manim import *
from manim_voiceover_plus import VoiceoverScene

from flaming_horse_voice import get_speech_service
from narration_script import SCRIPT

config.frame_height = 10
config.frame_width = 10 * 16 / 9
config.pixel_height = 1440
config.pixel_width = 2560


class Scene04ThreeSpheres(VoiceoverScene):
    def construct(self):
        self.set_speech_service(get_speech_service(Path(__file__).resolve().parent))

        title = Text("Three Spheres", font_size=56).to_edge(UP)
        with self.voiceover(text=SCRIPT["scene_04_three_spheres"]) as tracker:
            beat = tracker.duration / 5
            self.play(Write(title), run_time=beat)
            here = Dot(DOWN * 1.2, color=BLUE)
            centres = [LEFT * 3 + UP, RIGHT * 3 + UP, UP * 2]
            for centre in centres:
                radius = np.linalg.norm(centre - here.get_center())
                self.play(Create(Circle(radius=radius).move_to(centre)), run_time=beat)
            self.play(GrowFromCenter(here), Flash(here), run_time=beat)
