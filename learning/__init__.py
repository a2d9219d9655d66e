"""The mind: encoding, network, DQN, replay buffer, learner, checkpoints, ArknightEnv, training."""
