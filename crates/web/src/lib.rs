//! web room of Hermes.
