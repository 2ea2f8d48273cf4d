// Programs of sigma that draw all lines at once. Its own draw one shape again and again (instances), which graphics cards
// like; but where the processor draws, each takes it some 40 µs. Here each line brings the shape with it.

import type { EdgeProgram, EdgeProgramType } from "sigma/rendering";

type Definition = ReturnType<EdgeProgram["getDefinition"]>;
type Written = Parameters<EdgeProgram["processVisibleItem"]>;

interface Program {
  array: Float32Array;
  ATTRIBUTES_ITEMS_COUNT: number; // of one vertex
  getDefinition(): Definition;
  processVisibleItem(...told: Written): void;
}

export function unrolled(type: EdgeProgramType): EdgeProgramType {
  const Instanced = type as unknown as new (...told: unknown[]) => Program;
  return class extends Instanced {
    declare shape: number[][]; // what the shader is told of each vertex, the same for all lines

    getDefinition(): Definition {
      const { CONSTANT_ATTRIBUTES, CONSTANT_DATA, ...rest } = super.getDefinition() as Definition & {
        CONSTANT_ATTRIBUTES: Definition["ATTRIBUTES"];
        CONSTANT_DATA: number[][];
      };
      this.shape = CONSTANT_DATA;
      return { ...rest, ATTRIBUTES: [...rest.ATTRIBUTES, ...CONSTANT_ATTRIBUTES] };
    }

    processVisibleItem(...told: Written): void {
      super.processVisibleItem(...told);
      const [, start] = told;
      const size = this.ATTRIBUTES_ITEMS_COUNT;
      this.shape.forEach((vertex, index) => {
        const at = start + index * size;
        this.array.copyWithin(at, start, start + size);
        this.array.set(vertex, at + size - vertex.length);
      });
    }
  } as unknown as EdgeProgramType;
}
