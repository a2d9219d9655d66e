"""The mind: encoding, network, DQN, replay buffer, learner, checkpoints, ArknightEnv, training.

Importing it makes `gymnasium.make("holdfast/Arknight-v0", stage=…)` work; nothing heavy is loaded before it is made.
"""

import gymnasium

gymnasium.register(
    id="holdfast/Arknight-v0",
    entry_point="learning.environment:ArknightEnv",
    vector_entry_point="learning.vector:ArknightVectorEnv",
)
