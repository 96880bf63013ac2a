package dev.thalweg.interop.onnx.network;

import java.util.List;
import java.util.Optional;

/** What nodes are read as, the first that fits. */
final class Patterns {
    /** Longer ones stand before those that they begin with. */
    private static final List<Pattern> TABLE = List.of(
            AttentionPattern::match,
            ExamplesFirstAttention::match,
            RecurrentPatterns::sequences,
            RecurrentPatterns::state,
            NormalizationPatterns::groupByParts,
            NormalizationPatterns::group,
            NormalizationPatterns::layerByParts,
            NormalizationPatterns::layer,
            NormalizationPatterns::batch,
            ConvolutionPatterns::biased,
            ConvolutionPatterns::convolution,
            ConvolutionPatterns::transposed,
            DensePatterns::ofTokens,
            DensePatterns::probabilities,
            DensePatterns::biased,
            DensePatterns::product,
            ActivationPatterns::any,
            PoolingPatterns::globalThenFlat,
            PoolingPatterns::global,
            PoolingPatterns::maximum,
            PoolingPatterns::average,
            ArrangementPatterns::token,
            ArrangementPatterns::reshape,
            ArrangementPatterns::zeros,
            ArrangementPatterns::subsampling,
            ArrangementPatterns::repeat,
            ArrangementPatterns::dropout,
            ArrangementPatterns::join);

    private Patterns() {}

    /**
     * Finds layers that a node is the last of.
     *
     * @param plan the graph
     * @param last the node
     * @return the layers; empty if no pattern fits
     */
    static Optional<Match> match(Plan plan, Step last) {
        for (Pattern pattern : TABLE) {
            Match match = pattern.match(plan, last);
            if (match != null
                    && plan.isClosed(match.steps(), last)
                    && match.inputs().stream().allMatch(input -> plan.examples(input) != null)) {
                return Optional.of(match);
            }
        }
        return Optional.empty();
    }
}
