//! app room of Hermes.
