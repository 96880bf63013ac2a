package dev.thalweg.serve.http;

import dev.thalweg.serve.models.ModelVersion;
import dev.thalweg.serve.models.ServedModel;
import dev.thalweg.serve.models.ServedModels;
import dev.thalweg.text.PrintableText;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * Finds the model that a request is for.
 *
 * @param models that are served
 */
record Models(ServedModels models) {
    /** The model of the path, {@code {model}}, and its version where there is one, {@code {version}}. */
    ServedModel ofPath(ServerRequest request) throws HttpProblem {
        ServedModel model = named(request.path().pathParameters().get("model"));
        checkVersion(model, model.current(), version(request));
        return model;
    }

    /** The version of the path, {@code {version}}, if one is named. */
    static Optional<String> version(ServerRequest request) {
        return request.path().pathParameters().first("version").asOptional();
    }

    /** Refuses a version that is not the one that was asked for. */
    static void checkVersion(ServedModel model, ModelVersion version, Optional<String> wanted) throws HttpProblem {
        if (wanted.isPresent() && !wanted.get().equals(version.version())) {
            throw new HttpProblem(
                    Status.NOT_FOUND_404,
                    "the model " + model.name() + " is there in version " + version.version() + ", not in "
                            + PrintableText.excerpt(wanted.get()));
        }
    }

    /** The model of the query, {@code model}; the only one, if none is named. */
    ServedModel ofQuery(ServerRequest request) throws HttpProblem {
        Optional<String> name = request.query().first("model").asOptional();
        if (name.isPresent()) {
            return named(name.get());
        }
        List<ServedModel> all = List.copyOf(models.all());
        if (all.size() != 1) {
            throw new HttpProblem(
                    Status.BAD_REQUEST_400,
                    "expected ?model=, one of "
                            + all.stream().map(ServedModel::name).toList());
        }
        return all.getFirst();
    }

    private ServedModel named(String name) throws HttpProblem {
        return models.find(name)
                .orElseThrow(() -> new HttpProblem(
                        Status.NOT_FOUND_404, "there is no model \"" + PrintableText.excerpt(name) + '"'));
    }

    /** Whether a model takes pictures alone, and says one thing of them, as what is asked by files has to. */
    static boolean isOfPictures(ModelVersion version) {
        return version.network().inputs().size() == 1
                && version.network().outputs().size() == 1;
    }
}
