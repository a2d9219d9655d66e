"""The mind: encoding, network, DQN, replay buffer, learner, checkpoints, ArknightEnv, training.

Importing it registers `gymnasium.make("holdfast/Arknight-v0", stage=…)`; the simulator is loaded only when an
environment is made.
"""

import gymnasium

gymnasium.register(
    id="holdfast/Arknight-v0",
    entry_point="learning.environment:ArknightEnv",
    vector_entry_point="learning.vector:ArknightVectorEnv",
)
