module dev.thalweg {
}
