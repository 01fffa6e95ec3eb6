# Voiceover script. The scene files read it as: from narration_script import SCRIPT
# fh-voicecheck reads it too, without running it.

SCRIPT = {
    "scene_01_blue_dot": (
        "Open a map on your phone, and a blue dot says: \"You are here.\" "
        "Under an open sky it is right to within a few metres, anywhere on Earth. "
        "How does it know?"
    ),
    "scene_02_flying_clocks": """
Its secret is a fleet of clocks. About thirty GPS satellites circle the Earth twice a day,
twenty thousand kilometres above us, and every one of them carries atomic clocks.
All they ever say is: here I am, and this is the time.
    """,
    "scene_03_distance_is_time": "Radio travels at the speed of light, so a late message "
    "means a long way. From orbit to your hand it takes about seventy milliseconds. "
    "One microsecond more, and you are three hundred metres farther away.",
    "scene_04_three_spheres": (
        "One distance puts you somewhere on a sphere around a satellite. "
        "A second sphere cuts the first in a circle. "  # two spheres meet in a circle
        "A third cuts that circle in only two points, and one of them is far out in space."
    ),
    "scene_05_fourth_satellite": '''
But your phone has no atomic clock. Its quartz is off by some unknown time, and that makes
every distance wrong by the same amount. A fourth satellite settles it: four measurements
for four unknowns, three for the place and one for the time.
    ''',
    "scene_06_einstein": (
        "Einstein rides along. Because they move, the clocks in orbit lose seven microseconds "
        "a day. Because gravity is weaker up there, they gain forty-five. The difference is "
        "thirty-eight microseconds, or eleven kilometres of distance, every single day. "
        'That\'s why the clocks are tuned to tick a little slow before they are launched.'
    ),
    "scene_07_whisper": (
        "When the signal arrives, about a tenth of a millionth of a billionth of a watt is left: "
        "fainter than the noise of the receiver itself.\n"
        "Your phone still finds it, because it knows the tune: a code of one thousand and "
        "twenty-three steps, repeated every millisecond."
    ),
    "scene_08_more_than_gps": 'GPS is no longer alone. Europe flies Galileo, China has BeiDou, '
    'and Russia has GLONASS. Your phone can listen to all of them: more than a hundred clocks, '
    'and a few dozen of them stand above your horizon right now.',
    "scene_09_only_listening": (
        "And here is the nicest part \u2014 your phone sends nothing up there. "
        "The satellites don't know that you exist. They call out the time, "
        'and whoever listens can work out: "I am here."'
    ),
}
