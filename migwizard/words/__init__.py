"""What the wizard says, for every face: explanations and the glossary."""
