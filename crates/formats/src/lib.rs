//! formats room of Hermes.
