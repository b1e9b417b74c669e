export { TOOLS, pinFor, requirementOf, toolNamed } from './catalogue.ts';
export { findTool, listInstalledTools } from './find-tool.ts';
export { findProvidedTool } from './find-provided-tool.ts';
export { findToolPython } from './find-tool-python.ts';
export { installTool } from './install-tool.ts';
export type { InstallOptions } from './install-tool.ts';
export { pythonLabel, toolsFolder } from './places.ts';
export { removeTool } from './remove-tool.ts';
export type { CatalogueEntry, InstalledTool, Pin, ToolName, ToolPython } from './tool.ts';
