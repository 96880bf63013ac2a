package dev.thalweg.model;

import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Other layers in place of a network's last one. */
final class Head {
    private Head() {}

    static List<LayerCall> replaced(Network network, List<Layer> layers) {
        List<LayerCall> calls = new ArrayList<>(network.calls());
        LayerCall last = calls.removeLast();
        if (last.from().size() > 1) {
            throw new ShapeException("the last layer joins " + last.from().size()
                    + " flows, expected one that takes one flow: end the network in a layer after "
                    + network.layers().getLast().name());
        }
        Set<String> taken = network.layers().stream().map(PlacedLayer::name).collect(Collectors.toSet());
        int from = last.from().getFirst();
        int number = 1;
        for (Layer layer : layers) {
            while (taken.contains("head" + number)) {
                number++;
            }
            calls.add(new LayerCall("head" + number++, layer, List.of(from)));
            from = network.inputs().size() - 1 + calls.size();
        }
        return calls;
    }
}
