/** Asks a model. */
module com.example.predict {
    requires dev.thalweg;
}
