//! store room of Hermes.
