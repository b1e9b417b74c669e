import type { Expression } from './expression.ts';
import { MANY } from './guesses.ts';
import type { Making } from './making.ts';

/** A value of a standard type, by the last part of the type's name; undefined for any other type. */
export function simpleValue(making: Making, name: string): Expression | undefined {
  const { names, quote } = making;
  switch (name) {
    case 'int':
    case 'Integral':
    case 'SupportsInt':
    case 'SupportsIndex':
      return String(MANY);
    case 'float':
    case 'Real':
    case 'Number':
    case 'SupportsFloat':
      return '1000.0';
    case 'complex':
      return '1 + 1j';
    case 'bool':
      return 'True';
    case 'str':
    case 'AnyStr':
    case 'Text':
    case 'LiteralString':
      return quote('text');
    case 'bytes':
    case 'ByteString':
    case 'Buffer':
      return `b${quote('data')}`;
    case 'bytearray':
    case 'memoryview':
      return `${name}(b${quote('data')})`;
    case 'Path':
    case 'PurePath':
      return `${names.useOther('standard', 'pathlib', name)}(${quote('path')})`;
    case 'PathLike':
      return `${names.useOther('standard', 'pathlib', 'Path')}(${quote('path')})`;
    case 'Decimal':
      return `${names.useOther('standard', 'decimal', 'Decimal')}(${quote('1000.00')})`;
    case 'Fraction':
      return `${names.useOther('standard', 'fractions', 'Fraction')}(1, 3)`;
    case 'UUID':
      return `${names.useOther('standard', 'uuid', 'UUID')}(int=1000)`;
    case 'datetime':
      return `${names.useOther('standard', 'datetime', 'datetime')}(2024, 1, 31, 12, 30)`;
    case 'date':
      return `${names.useOther('standard', 'datetime', 'date')}(2024, 1, 31)`;
    case 'time':
      return `${names.useOther('standard', 'datetime', 'time')}(12, 30)`;
    case 'timedelta':
      return `${names.useOther('standard', 'datetime', 'timedelta')}(hours=1)`;
    case 'Pattern':
      return `${names.useOther('standard', 're')}.compile(${quote('text')})`;
    case 'StringIO':
    case 'TextIO':
      return `${names.useOther('standard', 'io', 'StringIO')}(${quote('text')})`;
    case 'BytesIO':
    case 'BinaryIO':
      return `${names.useOther('standard', 'io', 'BytesIO')}(b${quote('data')})`;
    default:
      return undefined;
  }
}
